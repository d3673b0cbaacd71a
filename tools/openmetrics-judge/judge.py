#!/usr/bin/python3
"""Asks an independent parser whether OpenMetrics text is well formed, and says what it is worth.

  judge.py FILE...            each file has to be accepted
  judge.py < FILE             the same, from standard input
  judge.py --refuse FILE...   each file has to be refused: shows that the judge looks

The parser is that of the Python client (Debian: apt-get install python3-prometheus-client). Where
FILE.json stands beside FILE, what the parser read has to equal it, in the same order:
  [{"name", "type", "help", "unit", "samples": [[name, labels, value, exemplar or null]]}]
with "NaN", "+Inf", "-Inf" for what JSON cannot hold, and an exemplar as [labels, value].

One line for each file. Exit: 0 as expected, 1 not, 2 cannot judge.
"""
import json
import math
import os
import sys

try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
except ImportError:
    sys.stderr.write("judge: no parser; apt-get install python3-prometheus-client, run /usr/bin/python3\n")
    sys.exit(2)


def plain(number):
    """A value as the JSON beside the file has it."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    return number


def exemplar_of(sample):
    if sample.exemplar is None:
        return None
    return [sample.exemplar.labels, plain(sample.exemplar.value)]


def read(text):
    families = []
    for family in text_string_to_metric_families(text):
        samples = []
        for sample in family.samples:
            if sample.timestamp is not None:
                raise ValueError("a timestamp, which this text must not have: " + sample.name)
            samples.append([sample.name, sample.labels, plain(sample.value), exemplar_of(sample)])
        families.append(
            {
                "name": family.name,
                "type": family.type,
                "help": family.documentation,
                "unit": family.unit,
                "samples": samples,
            }
        )
    return families


def first_difference(expected, got, where="$"):
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in sorted(set(expected) | set(got)):
            if key not in expected or key not in got:
                return f"{where}.{key}: only {'read' if key in got else 'expected'}"
            found = first_difference(expected[key], got[key], f"{where}.{key}")
            if found:
                return found
        return None
    if isinstance(expected, list) and isinstance(got, list):
        for place, (left, right) in enumerate(zip(expected, got)):
            found = first_difference(left, right, f"{where}[{place}]")
            if found:
                return found
        if len(expected) != len(got):
            return f"{where}: expected {len(expected)}, got {len(got)}"
        return None
    return None if expected == got else f"{where}: expected {expected!r}, got {got!r}"


def judge(text, beside):
    """None if all is well, else what is wrong."""
    try:
        got = read(text)
    except Exception as error:  # The parser raises whatever it trips over.
        return f"refused: {error}"[:300]
    if beside is None:
        return None
    difference = first_difference(beside, got)
    return f"differs: {difference}"[:300] if difference else None


def load(path):
    with open(path, "rb") as file:
        text = file.read().decode("utf-8")
    beside = None
    if os.path.exists(path + ".json"):
        with open(path + ".json", encoding="utf-8") as file:
            beside = json.load(file, parse_int=float)  # As the recorder had them: doubles.
    return text, beside


def main(arguments):
    refuse = arguments[:1] == ["--refuse"]
    paths = arguments[1:] if refuse else arguments
    if refuse and not paths:
        sys.stderr.write("judge: --refuse needs a file\n")
        return 2
    failed = False
    for path in paths or ["-"]:
        try:
            text, beside = (
                (sys.stdin.buffer.read().decode("utf-8"), None) if path == "-" else load(path)
            )
        except UnicodeDecodeError as error:
            problem = f"refused: not UTF-8: {error}"
        except OSError as error:
            sys.stderr.write(f"judge: {error}\n")
            return 2
        else:
            problem = judge(text, beside)
        fine = (problem is not None) == refuse
        failed = failed or not fine
        print(f"{'ok' if fine else 'NOT OK'} {path}{': ' + problem if problem else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
