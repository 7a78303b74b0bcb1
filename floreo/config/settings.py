"""Every setting, read from the environment only. Each is described in docs/guide/settings.md."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from floreo.config import environment as env
from floreo.offers import APPS

PACKAGE = env.PACKAGE
DATA = env.data_folder("FLOREO_DATA")

DEBUG = env.flag("FLOREO_DEBUG")
IS_CHECKOUT = (PACKAGE.parent / "pyproject.toml").exists()  # else installed from the wheel
SECRET_KEY = env.secret("FLOREO_SECRET_KEY", kept_in=DATA / "secret-key")
SECRET_KEY_FALLBACKS = env.listed(
    env.confidential("FLOREO_SECRET_KEY_FALLBACKS")
)  # what older ones signed and sealed still holds
SITE_ADDRESS = env.text("FLOREO_ADDRESS", "http://localhost:8000").rstrip("/")
_address = urlsplit(SITE_ADDRESS)
SECURE = _address.scheme == "https"
ALLOWED_HOSTS = env.words("FLOREO_HOSTS") or [_address.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_ADDRESS] if SECURE else []

DATABASES = {"default": env.database(env.confidential("DATABASE_URL"), default_file=DATA / "floreo.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the database, so that limits on visitors hold across processes and machines.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # Beyond this many, counters of failed sign-ins are thrown out: an attacker must not be able to fill it (jobs.py: expire).
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
    # What only this process remembers, for a minute: organisations/middleware.py.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

INSTALLED_APPS = [
    *(f"floreo.{app}" for app in APPS),
    "floreo.workspace",
    "floreo.portal",
    "floreo.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "floreo.core.middleware.Compress",
    "floreo.core.middleware.headers",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "floreo.core.middleware.only_utf_8",
    "floreo.api.guard.only_by_https",
    "floreo.core.middleware.Sessions",
    "floreo.config.health.answer_monitors",
    "floreo.organisations.middleware.country",  # whose languages, day and zone are those of all that follows
    "floreo.core.middleware.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # default deny: public views say so
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "floreo.organisations.middleware.sessions",
    "django_htmx.middleware.HtmxMiddleware",
    "floreo.organisations.security.watch",
    "floreo.organisations.assurance.idle",
    "floreo.organisations.assurance.second_factor",
    "floreo.portal.page_cache.cache_pages",  # inside the country: its day is part of what a page is kept under
    "floreo.core.middleware.errors",
]

ROOT_URLCONF = "floreo.config.urls"
WSGI_APPLICATION = "floreo.config.wsgi.application"
_template_builtins = [
    "django.templatetags.i18n",
    "django.templatetags.static",
    "floreo.core.ui.templatetags.ui",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "core" / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "floreo.organisations.context.site",
                "floreo.portal.context.public_site",
                "floreo.workspace.menu.menu",
                "floreo.workspace.home.below_filters.list_extras",
            ],
            "builtins": _template_builtins,
        },
    }
]
FORM_RENDERER = "floreo.core.ui.forms.Renderer"

# Language and time. The country pack says which languages its site has (core/languages.py); these are the ones with a catalogue.
HOME_LANGUAGE = env.text("FLOREO_LANGUAGE")  # whose addresses have no prefix; none: the pack's first
LANGUAGE_CODE = "en"  # in which the sentences are written
LANGUAGES = [(code, code) for code in (LANGUAGE_CODE, *env.catalogues())]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Pages that visitors get are kept in memory until anything is written, and never longer than this.
KEEP_PAGES_SECONDS = env.whole("FLOREO_KEEP_PAGES", 60)

# A file of more rows than this is made by a process of its own, never in a request.
WEB_PROCESSES = env.web_processes()  # read here too, so that a bad number stops the start
FILE_ROWS = env.whole("FLOREO_FILE_ROWS", 5000)

# Files
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static_built"] if (PACKAGE / "static_built").exists() else []
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "files"  # never served by address: downloads go through a view that asks who you are
SPOOL_ROOT = DATA / "spool"  # what the public sent and the worker has not taken in yet; part of a backup
MADE_ROOT = DATA / "made"  # files for the public, made once for a head of the chain; safe to delete
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "floreo.core.uploads.DurableStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "floreo.core.ui.storage.HashedStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
REPORT_LARGEST = env.whole("FLOREO_REPORT_MB", 4096) * 1024 * 1024  # a file of a feed, as it comes
UPLOAD_LARGEST = env.whole("FLOREO_UPLOAD_MB", 20) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "floreo.core.uploads.CappedUploadHandler",  # a 200 MB file stops here, before it fills the disk
    "floreo.core.uploads.RoomyUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Sign-in
AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "floreo.organisations.breached.BreachedPasswordValidator"},
]
BREACHED_PASSWORDS = env.text("FLOREO_BREACHED_PASSWORDS")  # a file of hashes
SECOND_FACTOR_DAYS = env.whole("FLOREO_SECOND_FACTOR_DAYS", 14)  # during which a role that needs one goes on without
TOKEN_DAYS = env.whole("FLOREO_TOKEN_DAYS", 365)  # that a token of a program works at most
IDLE_MINUTES = env.whole("FLOREO_IDLE_MINUTES", 60)  # after which a session ends in which nothing was asked for
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/workspace/"
ACCOUNT_ADAPTER = "floreo.organisations.sign_in.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "floreo.organisations.sign_in.OutsideAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an account is made from an invitation that reached the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    # Anybody may have a mail sent to any address: few enough that nobody is flooded, nor their share of a day spent.
    "reset_password": "20/m/ip,60/h/ip,4/h/key,8/d/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "floreo.organisations.seal.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE and _address.hostname in {"localhost", "127.0.0.1"}
MFA_TOTP_ISSUER = "Floreo"
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env.text("FLOREO_OIDC_NAME", "OpenID Connect"),
                "client_id": env.text("FLOREO_OIDC_CLIENT_ID"),
                "secret": env.confidential("FLOREO_OIDC_SECRET"),
                "settings": {
                    "server_url": env.text("FLOREO_OIDC_SERVER"),
                    # Of a directory that says of no address whether it is verified, as Entra ID does not.
                    "verified_email": env.flag("FLOREO_OIDC_TRUST_ADDRESSES"),
                },
            }
        ]
        if env.text("FLOREO_OIDC_SERVER")
        else [],
        "OAUTH_PKCE_ENABLED": True,
    }
}

PASSWORD_RESET_TIMEOUT = 24 * 3600

# Mail. Without a server it is kept as files, never lost silently.
_mail = urlsplit(env.confidential("FLOREO_SMTP"))
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if _mail.hostname
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 587
EMAIL_HOST_USER = unquote(_mail.username or "")
# Only the worker sends: the web server does not need it.
EMAIL_HOST_PASSWORD = unquote(_mail.password or "") or env.confidential("FLOREO_SMTP_PASSWORD")
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("FLOREO_MAIL_FROM", f"floreo@{_address.hostname or 'localhost'}")
MAIL_REPLY_TO = env.text("FLOREO_MAIL_REPLY_TO")
MAIL_RETURN = env.text("FLOREO_MAIL_RETURN")  # where a mail that cannot be delivered comes back to
MAIL_PER_DAY = env.whole("FLOREO_MAIL_PER_DAY", 50)  # to one address; two machines that answer each other stop there
CLAMD = env.text("FLOREO_CLAMD")  # a virus scanner: path of a socket, or host:port
SMIME_KEY = env.text(
    "FLOREO_SMIME_KEY"
)  # file with the team's S/MIME key and certificates, which only the worker reads
PGP_KEY = env.text("FLOREO_PGP_KEY")  # file with the team's private OpenPGP key, which only the worker reads
BOUNCE_IMAP = env.confidential("FLOREO_BOUNCE_IMAP")

# Signed heads of the audit chain. Only the worker opens the key: on a server it lies where the web server cannot read it.
HEAD_KEY_FILE = env.text("FLOREO_HEAD_KEY_FILE") or str(DATA / "head-key.pem")
# The same for certificates: the worker signs them, and the web server never opens the key.
CERTIFICATE_KEY_FILE = env.text("FLOREO_CERTIFICATE_KEY_FILE") or str(DATA / "certificate-key.pem")
HEADS_FILE = env.text("FLOREO_HEADS_FILE")
HEADS_TO = env.words("FLOREO_HEADS_TO")
TIMESTAMPS, TIMESTAMPS_CA = env.text("FLOREO_TIMESTAMPS"), env.text("FLOREO_TIMESTAMPS_CA")
if bool(TIMESTAMPS) != bool(TIMESTAMPS_CA):
    raise env.BadSetting("FLOREO_TIMESTAMPS and FLOREO_TIMESTAMPS_CA belong together. Give both, or neither.")
if TIMESTAMPS and not TIMESTAMPS.startswith(("http://", "https://")):
    raise env.BadSetting(f"FLOREO_TIMESTAMPS is {TIMESTAMPS}. Use an address that begins with http:// or https://.")

# Copies
BACKUP_DIR = env.text("FLOREO_BACKUP_DIR")
BACKUP_KEEP = env.whole("FLOREO_BACKUP_KEEP", 14)

# Feeds
EVENTS_ROOT = env.text("FLOREO_EVENTS") or str(DATA / "events")  # a folder, or s3://bucket/path
EVENTS_KEEP_DAYS = env.whole("FLOREO_EVENTS_KEEP_DAYS", 400)
REPORTS_KEEP_DAYS = env.whole("FLOREO_REPORTS_KEEP_DAYS", 60)  # the files as they came
FEED_IMAP = env.confidential("FLOREO_FEED_IMAP")
# The addresses to which reports are mailed: a signed mail counts only when it was signed as sent to one of them.
FEED_ADDRESSES = [a.lower() for a in env.words("FLOREO_FEED_ADDRESS", env.account_of(FEED_IMAP))]
INCIDENT_IMAP = env.confidential("FLOREO_INCIDENT_IMAP")
# The addresses to which incidents are reported by mail: a signed mail counts only when it was signed as sent to one of them.
INCIDENT_ADDRESSES = [a.lower() for a in env.words("FLOREO_INCIDENT_ADDRESS", env.account_of(INCIDENT_IMAP))]
FETCH_PRIVATE = env.networks("FLOREO_FETCH_PRIVATE")  # private networks from which feeds may be fetched
WEBHOOK_PRIVATE = env.networks("FLOREO_WEBHOOK_PRIVATE")  # private networks to which webhooks may be sent
RDAP_SERVER = env.text("FLOREO_RDAP_SERVER").rstrip("/")  # of the registry; none: answers are read from files
# How many of the register's networks a registry is asked about a day by RDAP; 0: none, only when a person presses.
RDAP_A_DAY = env.whole("FLOREO_RDAP_A_DAY", 0)
RDAP_BOOTSTRAP = env.words(
    "FLOREO_RDAP_BOOTSTRAP"
)  # addresses of the lists of which server answers for which addresses
REGISTRY_FILES = env.words("FLOREO_REGISTRY_FILES")  # addresses of delegated files, fetched once a day; none: by hand
NAME_SERVERS = env.words(
    "FLOREO_NAME_SERVERS"
)  # asked for records that prove a claim: address or address:port; none: the machine's
KEV_URL = env.text("FLOREO_KEV_URL")  # the catalogue of known exploited vulnerabilities; none: it is not fetched
EPSS_URL = env.text("FLOREO_EPSS_URL")  # scores of vulnerabilities; the same

# Sites that may show our embeddable figures in a frame; every other page is in nobody's frame (docs/adr/0040).
FRAME_SITES = env.sites("FLOREO_FRAME_SITES")

# Headers
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
        "xr-spatial-tracking",
    )
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "floreo.core.middleware.csrf_failure"
KNOWN_BROWSER_COOKIE = "__Host-known" if SECURE else "known"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
if SECURE:  # a neighbour under the same domain, or plain http, cannot put one of its own in their place
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
SECURE_SSL_REDIRECT = SECURE and env.flag("FLOREO_REDIRECT_TO_HTTPS", default=True)
# Whoever watches the machine asks it by plain http, past the proxy; the answer says nothing of anybody. The API refuses: a
# redirect would hide that a token was sent in clear.
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^ready/$", r"^metrics$", r"^api/", r"^scim/"]
METRICS_TOKEN: str = env.confidential("FLOREO_METRICS_TOKEN").strip()  # without one there are no metrics
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
# Only where the whole domain is ours: a neighbour under the same name may still speak plain http.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE and env.flag("FLOREO_HSTS_SUBDOMAINS")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("FLOREO_BEHIND_PROXY") else None
BEHIND_PROXY = env.flag("FLOREO_BEHIND_PROXY")
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)  # else all share the proxy's address, and one guesser locks all out
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # HSTS beyond this host is the owner's choice, above
if not SECURE:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]

PACK = env.text("FLOREO_PACK")
PACK_DIRS = [Path(p) for p in env.words("FLOREO_PACK_DIRS")] or [
    PACKAGE.parent / "packs",
    PACKAGE / "country_packs",
]
# Frameworks ship with the product, beside the packs; the first folder that is there is read.
FRAMEWORK_DIRS = [Path(p) for p in env.words("FLOREO_FRAMEWORK_DIRS")] or [
    PACKAGE.parent / "frameworks",
    PACKAGE / "framework_files",
]
LOG_FORMAT = env.choice("FLOREO_LOG_FORMAT", "text", "json")
SECURITY_LOG = str(DATA / "security.jsonl")
_syslog = env.syslog(env.text("FLOREO_SYSLOG"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "floreo.config.logs.Plain", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "floreo.config.logs.Json"},
        "security": {"()": "floreo.config.logs.SecurityEvent"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "security": {
            "class": "logging.handlers.WatchedFileHandler",
            "filename": SECURITY_LOG,
            "delay": True,
            "formatter": "security",
        },
        **({"syslog": _syslog} if _syslog else {}),
    },
    # Programs try every name there is: that is no error of the program, and a log full of it hides those that are.
    "loggers": {
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "floreo.security": {
            "handlers": ["security", *(["syslog"] if _syslog else [])],
            "level": "INFO",
            "propagate": False,
        },
    },
    "root": {"handlers": ["console"], "level": env.text("FLOREO_LOG_LEVEL", "WARNING")},
}
