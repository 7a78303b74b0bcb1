"""Outlines for a pack: TopoJSON in, closed and rounded GeoJSON out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TOOL = Path(__file__).resolve().parents[3] / "tools" / "topojson_to_geojson.py"
TWO_SQUARES: dict[str, Any] = {
    "type": "Topology",
    "transform": {"scale": [0.5, 0.5], "translate": [10.00001, 20.0]},
    "arcs": [[[2, 0], [0, 2]], [[2, 2], [-2, 0], [0, -2], [2, 0]], [[2, 0], [2, 0], [0, 2], [-2, 0]]],
    "objects": {
        "land": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "W", "properties": {"name": "West"}, "arcs": [[0, 1]]},
                {"type": "Polygon", "id": "E", "properties": {"name": "East"}, "arcs": [[2, -1]]},
                {"type": "Point", "coordinates": [1, 1], "properties": {}},
            ],
        }
    },
}


def run(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(TOOL), str(path)], capture_output=True, text=True, check=False)


def test_shared_arcs_become_closed_rings_with_ids_and_names(tmp_path: Path) -> None:
    source = tmp_path / "in.topo.json"
    source.write_text(json.dumps(TWO_SQUARES), encoding="utf-8")
    made = json.loads(run(source).stdout)
    assert made == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "W",
                "properties": {"name": "West"},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[11.0, 20.0], [11.0, 21.0], [10.0, 21.0], [10.0, 20.0], [11.0, 20.0]]],
                },
            },
            {
                "type": "Feature",
                "id": "E",
                "properties": {"name": "East"},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[11.0, 20.0], [12.0, 20.0], [12.0, 21.0], [11.0, 21.0], [11.0, 20.0]]],
                },
            },
        ],
    }


def test_another_kind_of_file_is_named_as_such(tmp_path: Path) -> None:
    source = tmp_path / "in.json"
    source.write_text('{"type": "FeatureCollection"}', encoding="utf-8")
    answer = run(source)
    assert answer.returncode == 1
    assert "is not TopoJSON" in answer.stderr
