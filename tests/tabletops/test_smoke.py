import pytest
from floreo.tabletops.models import *
pytestmark = pytest.mark.usefixtures("isla")
def test_pages(secretariat, browser_of):
    b=browser_of(secretariat)
    for lang in ("","/es"):
        for a in ("/workspace/tabletops/","/workspace/tabletop-scenarios/","/workspace/tabletop-scenarios/submarine-cable-cut/","/workspace/new-tabletop/?scenario=submarine-cable-cut","/workspace/tabletops/ex-2026-01/","/workspace/tabletops/ex-2026-02/","/workspace/tabletops/ex-2026-03/","/workspace/tabletops/ex-2026-02/observe/","/workspace/tabletops/ex-2026-01/report/","/workspace/tabletops/ex-2026-01/report.pdf","/workspace/tabletops/ex-2026-01/report.docx","/workspace/tabletop-findings/","/workspace/tabletops/ex-2026-01/findings/1/","/workspace/tabletops/ex-2026-03/participants/2/link/","/exercises/","/data/exercises_held.csv"):
            r=b.get(lang+a)
            print(r.status_code,lang+a,r.get("Content-Type"))
            assert r.status_code==200
