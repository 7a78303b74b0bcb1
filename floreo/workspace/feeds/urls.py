"""Addresses of the workspace of feeds, findings and notices."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.feeds import arrange_views as arrange
from floreo.workspace.feeds import change_views as change
from floreo.workspace.feeds import correction_views as correct
from floreo.workspace.feeds import ending_views as endings
from floreo.workspace.feeds import explorer_views as explorer
from floreo.workspace.feeds import feed_views as views
from floreo.workspace.feeds import finding_views as findings
from floreo.workspace.feeds import held_views as held
from floreo.workspace.feeds import many_views as many
from floreo.workspace.feeds import notice_views as letters
from floreo.workspace.feeds import pool_views as pools
from floreo.workspace.feeds import reply_views as waiting
from floreo.workspace.feeds import rule_views as rules
from floreo.workspace.feeds import stepped_views as stepped
from floreo.workspace.feeds import text_views as operator_texts

urlpatterns: list[URLPattern] = [
    path("feeds/", views.feeds, name="feeds"),
    path("feeds/new/", change.new_feed, name="new_feed"),
    path("feeds/rules/", rules.rules, name="feed_rules"),
    path("feeds/rules/new/", rules.new_rule, name="new_feed_rule"),
    path("feeds/rules/<int:pk>/", rules.rule, name="feed_rule"),
    path("feeds/rules/<int:pk>/edit/", rules.rule_command, {"name": "edit"}, name="edit_feed_rule"),
    path("feeds/rules/<int:pk>/switch/", rules.switch_rule, name="switch_feed_rule"),
    path("feeds/rules/<int:pk>/move/", rules.move_rule, name="move_feed_rule"),
    path("feeds/rules/<int:pk>/remove/", rules.rule_command, {"name": "remove"}, name="remove_feed_rule"),
    path("feeds/types/<path:report_type>/", change.map_type, name="feed_type"),
    path("feeds/arrange/<path:report_type>/", arrange.arrange_type, name="arrange_type"),
    path("feeds/reports/<int:pk>/", views.feed_report, name="feed_report"),
    path("feeds/reports/<int:pk>/rejects/", views.report_rejects, name="report_rejects"),
    path("feeds/held/<int:pk>/release/", held.held_command, {"name": "release"}, name="release_held"),
    path("feeds/nights/<int:pk>/accept/", held.night_command, {"name": "accept"}, name="accept_run"),
    path("feeds/nights/<int:pk>/refuse/", held.night_command, {"name": "refuse"}, name="refuse_run"),
    path("feeds/held/<int:pk>/discard/", held.held_command, {"name": "discard"}, name="discard_held"),
    path("feeds/texts/", operator_texts.texts, name="operator_texts"),
    path("feeds/texts/<slug:name>/", operator_texts.text, name="operator_text"),
    path("feeds/texts/<slug:name>/check/", operator_texts.check, name="check_operator_text"),
    path("feeds/<slug:code>/", views.feed, name="feed"),
    path("feeds/<slug:code>/held/discard/", change.feed_command, {"name": "discard-held"}, name="discard_all_held"),
    path("feeds/<slug:code>/address/", held.mail_address, name="feed_address"),
    path("feeds/<slug:code>/seen/", change.feed_command, {"name": "seen"}, name="feed_problem_seen"),
    path("feeds/<slug:code>/edit/", change.feed_command, {"name": "edit"}, name="edit_feed"),
    path("feeds/<slug:code>/upload/", change.upload, name="upload_report"),
    path("feeds/<slug:code>/try/", change.try_feed, name="try_feed"),
    path("feeds/<slug:code>/columns/", change.map_feed, name="map_feed"),
    path("feeds/<slug:code>/arrangement/", arrange.arrange_feed, name="arrange_feed"),
    path("findings/", findings.findings, name="findings"),
    path("findings/explorer/", explorer.find_events, name="explorer"),
    path("findings/reply/", many.reply_many, name="reply_many"),
    path("findings/end/", many.end_many, name="end_many"),
    path("findings/comment/", many.comment_many, name="comment_many"),
    path("findings/endings/", endings.endings, name="finding_endings"),
    path("findings/endings/new/", endings.new_ending, name="new_finding_ending"),
    path("findings/endings/<int:pk>/renew/", endings.ending_command, {"name": "renew"}, name="renew_finding_ending"),
    path("findings/endings/<int:pk>/undo/", endings.ending_command, {"name": "undo"}, name="undo_finding_ending"),
    path("findings/pools/", pools.pools, name="address_pools"),
    path("findings/pools/new/", pools.new_pool, name="new_address_pool"),
    path("findings/pools/<int:pk>/confirm/", pools.pool_command, {"name": "confirm"}, name="confirm_address_pool"),
    path("findings/pools/<int:pk>/refuse/", pools.pool_command, {"name": "refuse"}, name="refuse_address_pool"),
    path("findings/pools/<int:pk>/end/", pools.pool_command, {"name": "end"}, name="end_address_pool"),
    path("findings/<int:pk>/end/", endings.end_finding, name="end_finding"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/<int:pk>/report/", findings.finding_command, {"name": "report"}, name="report_finding"),
    path("findings/<int:pk>/answer/", findings.finding_command, {"name": "answer"}, name="answer_finding"),
    path(
        "findings/<int:pk>/answers/<int:answer_pk>/", findings.reply_command, {"name": "handle"}, name="see_to_answer"
    ),
    path("notices/", letters.notices, name="notices"),
    path("notices/today/", letters.due, name="notices_due"),
    path("notices/today/send/", letters.release, name="release_notices"),
    path("notices/today/<slug:code>/", letters.due_words, name="notice_words"),
    path("notices/today/<slug:code>/<slug:role>/", letters.skip, name="skip_notice"),
    path("notices/rules/", letters.rules, name="notice_rules"),
    path("notices/rules/new/", letters.new_rule, name="new_notice_rule"),
    path("notices/rules/<int:pk>/", letters.rule_command, {"name": "edit"}, name="edit_notice_rule"),
    path("notices/rules/<int:pk>/move/", letters.move_rule, name="move_notice_rule"),
    path("notices/rules/<int:pk>/remove/", letters.rule_command, {"name": "remove"}, name="remove_notice_rule"),
    path("notices/effect/", stepped.starts, name="stepped_starts"),
    path("notices/effect/new/", stepped.new_start, name="new_stepped_start"),
    path("notices/effect/<int:pk>/", stepped.start, name="stepped_start"),
    path("notices/effect/<int:pk>/agree/", stepped.start_command, {"name": "agree"}, name="agree_stepped_start"),
    path("notices/effect/<int:pk>/discard/", stepped.start_command, {"name": "discard"}, name="discard_stepped_start"),
    path("notices/effect/<int:pk>/stop/", stepped.start_command, {"name": "stop"}, name="stop_stepped_start"),
    path("notices/<int:pk>/", letters.notice, name="notice"),
    path("notices/<int:pk>/resend/", letters.notice_command, {"name": "resend"}, name="resend_notice"),
    path("notices/<int:pk>/end-links/", letters.notice_command, {"name": "end-links"}, name="end_notice_link"),
    path("replies/", waiting.replies, name="replies"),
    path("replies/handle/", waiting.handle_many, name="handle_many"),
    path("corrections/many/", correct.refuse_many, name="refuse_many"),
    path("corrections/", correct.corrections, name="corrections"),
    path("corrections/<int:pk>/accept/", correct.correction_command, {"name": "accept"}, name="accept_correction"),
    path("corrections/<int:pk>/refuse/", correct.correction_command, {"name": "refuse"}, name="refuse_correction"),
]

NEEDS = {
    Permission.FEED_READ: (
        "feeds feed_rules feed_rule feed_report report_rejects feed findings explorer finding notices "
        "notices_due notice_rules notice corrections operator_texts operator_text finding_endings address_pools "
        "stepped_starts stepped_start"
    ),
    Permission.FEED_RUN: (
        "new_feed new_feed_rule edit_feed_rule switch_feed_rule move_feed_rule remove_feed_rule feed_type "
        "edit_feed feed_problem_seen upload_report try_feed map_feed arrange_feed arrange_type accept_run refuse_run release_held discard_held discard_all_held feed_address"
    ),
    Permission.FINDING_ANSWER: "answer_finding reply_many new_address_pool confirm_address_pool",
    Permission.INCIDENT_HANDLE: "report_finding",
    Permission.FINDING_HANDLE: (
        "replies handle_many refuse_many end_many comment_many see_to_answer notice_words skip_notice new_notice_rule edit_notice_rule move_notice_rule "
        "remove_notice_rule "
        "resend_notice end_notice_link release_notices accept_correction refuse_correction "
        "check_operator_text new_finding_ending renew_finding_ending undo_finding_ending end_finding "
        "refuse_address_pool end_address_pool "
        "new_stepped_start agree_stepped_start discard_stepped_start stop_stepped_start"
    ),
}
# These show their own to whoever may see only their own organisation's, or take it.
NARROWED = "findings explorer notices reply_many address_pools new_address_pool"
