"""What the guides for writers of clients show is true: their commands are run, and their answers compared with those shown."""

import json
import pathlib
import re
import subprocess

import pytest

from service import PROGRAM, REPOSITORY
from tenants import PASSWORD, new_tenant

GUIDES = [REPOSITORY / "docs/guide" / name for name in ("api.md", "attributes.md", "families-and-categories.md", "trash.md")]
GUIDES += [REPOSITORY / "docs/operations" / name for name in ("retention.md", "monitoring.md")]
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.M | re.S)
EXACT = {"message", "code", "statusCode", "status", "error", "name", "sku", "imageUrl"}  # values that are shown as they are


def steps(guide: pathlib.Path) -> list[tuple[str, list]]:
    """Each command with the answers that are shown below it."""
    found = []
    for kind, text in BLOCK.findall(guide.read_text()):
        if kind == "sh":
            found.append((text, []))
        else:
            found[-1][1].append(json.loads(text))
    return found


def objects_in(output: str) -> list:
    """The JSON texts of an output, one behind the other; others are left out."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while (at := output.find("{", at)) >= 0:
        try:
            value, at = decoder.raw_decode(output, at)
            found.append(value)
        except json.JSONDecodeError:
            at += 1
    return found


def lacks(shown, answer, where: str = "answer") -> list[str]:
    """What is shown and is not so."""
    if isinstance(shown, dict) and isinstance(answer, dict):
        return [line for key, value in shown.items() for line in
                ([f"{where}.{key} is missing"] if key not in answer else lacks(value, answer[key], f"{where}.{key}"))]
    if isinstance(shown, list) and isinstance(answer, list):
        if len(shown) > len(answer):
            return [f"{where} has only {len(answer)}"]
        if all(isinstance(item, str) for item in shown):
            return [f"{where} lacks {item!r}" for item in shown if item not in answer]
        return [line for i, (s, a) in enumerate(zip(shown, answer)) for line in lacks(s, a, f"{where}[{i}]")]
    if type(shown) is not type(answer):
        return [f"{where}: {answer!r} is of another type than {shown!r}"]
    if where.rpartition(".")[2] in EXACT and shown != answer:
        return [f"{where}: {answer!r} instead of {shown!r}"]
    return []


@pytest.fixture(scope="module")
def outputs(service, database):
    """Of each guide: its commands, run in one shell; what each of them put out."""
    return {guide.name: run(guide, service, new_tenant(service, database)) for guide in GUIDES}


def run(guide: pathlib.Path, service, owner) -> list[str]:
    mark = "--- the next ---\n"
    script = f"echo '{mark.strip()}'\n".join(command for command, _ in steps(guide))
    environment = {"PATH": f"{PROGRAM.parent}:/usr/bin:/bin", "PIXELPIM_STATE": str(service.state), "PIM": service.url, "EMAIL": owner.email, "PASSWORD": PASSWORD, "no_proxy": "*"}
    done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split(mark)


@pytest.mark.parametrize("guide,number", [(guide, number) for guide in GUIDES for number in range(len(steps(guide)))],
                         ids=lambda value: value.stem if isinstance(value, pathlib.Path) else str(value))
def test_a_command_of_a_guide_answers_what_is_shown(outputs, guide, number):
    command, shown = steps(guide)[number]
    output = outputs[guide.name][number]
    answers = objects_in(output)
    for expected in shown:
        assert any(lacks(expected, answer) == [] for answer in answers), (command, [lacks(expected, a) for a in answers], output)


def test_the_comparison_bites():
    shown = {"id": 1, "message": "done", "list": ["a"]}
    assert lacks(shown, {"id": 2, "message": "done", "list": ["b", "a"], "more": 1}) == []
    for wrong in ({"id": "1"}, {"message": "other"}, {"list": []}, {"list": "a"}):
        assert lacks(shown, {"id": 1, "message": "done", "list": ["a"]} | wrong) != []
    assert lacks(shown, {}) != []
