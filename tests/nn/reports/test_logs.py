"""Logs of a run: lines of JSON that survive a resume, events that TensorBoard can read."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from srviewer.nn.catalogue import network_spec, training_plan
from srviewer.nn.models.model_file import Model
from srviewer.nn.reports.report import TrainStep
from srviewer.nn.reports.run_log import RunLog, log_path, read_log
from srviewer.nn.reports.tensorboard_events import EventFile, crc32c


def report(step: int) -> TrainStep:
    model = Model("m", network_spec("residual"), {"w": np.zeros(1)}, training_plan("fast"))
    return TrainStep(
        step / 10, "", step, 1.5 * step, 0.25, model, {"l1": 0.5}, scores={"psnr": 31.0}
    )


def test_each_report_is_a_line_of_json(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "m.safetensors", 0)
    log.add(report(1))
    log.add(report(2))
    text = log_path(tmp_path / "m.safetensors").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["step"] for line in lines] == [1, 2]
    assert lines[0]["losses"] == {"l1": 0.5} and lines[0]["scores"] == {"psnr": 31.0}
    assert list((tmp_path / "m.events").glob("events.out.tfevents.*"))


def test_a_resumed_run_forgets_what_it_does_again(tmp_path: Path) -> None:
    output = tmp_path / "m.safetensors"
    for step in (1, 2, 3):
        RunLog(output, step - 1).add(report(step))
    with log_path(output).open("a") as file:
        file.write('{"step": 4, "lo')  # the power went
    RunLog(output, 2).add(report(3))
    assert [line["step"] for line in read_log(log_path(output))] == [1, 2, 3]
    RunLog(output, 0)
    assert read_log(log_path(output)) == []


def test_the_checksum_is_crc_32c() -> None:
    assert crc32c(b"123456789") == 0xE3069283  # the check value of RFC 3720's polynomial


def test_events_are_framed_protocol_buffers(tmp_path: Path) -> None:
    EventFile(tmp_path).add(300, {"loss/l1": 0.5, "loss/total": -2.0})
    (path,) = tmp_path.iterdir()
    first, second = records(path.read_bytes())
    assert message(first)[3] == [b"brain.Event:2"]
    event = message(second)
    assert event[2] == [300]
    (summary,) = event[5]
    values = [message(value) for value in message(summary)[1]]
    assert [(v[1][0], struct.unpack("<f", v[2][0])[0]) for v in values] == [
        (b"loss/l1", 0.5),
        (b"loss/total", -2.0),
    ]


def test_tensorboard_itself_reads_them(tmp_path: Path) -> None:
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="needs TensorBoard"
    )
    events = EventFile(tmp_path)
    events.add(1, {"loss/l1": 0.5})
    events.add(2, {"loss/l1": 0.25})
    found = accumulator.EventAccumulator(str(tmp_path))
    found.Reload()
    assert [(e.step, e.value) for e in found.Scalars("loss/l1")] == [(1, 0.5), (2, 0.25)]


def records(content: bytes) -> list[bytes]:
    """The payloads of TFRecord frames, their checksums checked."""
    found = []
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        payload = content[12 : 12 + length]
        for part, stored in ((content[:8], content[8:12]), (payload, content[12 + length :][:4])):
            crc = crc32c(part)
            masked = (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF
            assert struct.unpack("<I", stored)[0] == masked
        found.append(payload)
        content = content[16 + length :]
    return found


def message(content: bytes) -> dict[int, list[bytes | int]]:
    """The fields of a protocol buffer: number -> values."""
    fields: dict[int, list[bytes | int]] = {}
    while content:
        key, content = varint(content)
        if key & 7 == 0:
            value, content = varint(content)
        elif key & 7 == 2:
            length, content = varint(content)
            value, content = content[:length], content[length:]
        else:
            size = {1: 8, 5: 4}[key & 7]
            value, content = content[:size], content[size:]
        fields.setdefault(key >> 3, []).append(value)
    return fields


def varint(content: bytes) -> tuple[int, bytes]:
    value = shift = 0
    for n, byte in enumerate(content):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, content[n + 1 :]
    raise AssertionError("cut short")
