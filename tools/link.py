"""Makes the checkout importable in its own virtual environment, and puts `floreo` on its path, without building anything."""

import stat
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
site = Path(sysconfig.get_paths()["purelib"])
(site / "floreo-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")

script = Path(sys.executable).parent / "floreo"
script.write_text(
    f"#!{sys.executable}\nimport sys\nfrom floreo.config.cli import main\nsys.exit(main())\n", encoding="utf-8"
)
script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
