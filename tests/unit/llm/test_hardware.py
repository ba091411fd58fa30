from pathlib import Path

import pytest

from node.llm.hardware import free_disk, read_hardware


def _cgroup(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(text + "\n")
    return folder


def test_this_machine(tmp_path: Path) -> None:
    hardware = read_hardware(_cgroup(tmp_path, memory_max="max", cpu_max="max 100000"))
    assert hardware.ram_total >= hardware.ram_available > 0
    assert 1 <= hardware.usable_cores <= hardware.physical_cores


def test_container_limits_count(tmp_path: Path) -> None:
    cgroup = _cgroup(
        tmp_path, memory_max="1000000", memory_current="400000", cpu_max="50000 100000"
    )
    hardware = read_hardware(cgroup)
    assert (hardware.ram_total, hardware.ram_available) == (1_000_000, 600_000)
    assert hardware.usable_cores == 1


@pytest.mark.parametrize("text", ["", "nonsense", "-5", "100000 0"])
def test_unreadable_limits_are_no_limits(tmp_path: Path, text: str) -> None:
    without = read_hardware(tmp_path / "gone")
    hardware = read_hardware(_cgroup(tmp_path, memory_max=text, cpu_max=text))
    assert hardware.ram_total == without.ram_total
    assert hardware.usable_cores == without.usable_cores


def test_free_disk_of_a_folder_that_will_exist(tmp_path: Path) -> None:
    assert free_disk(tmp_path / "not" / "yet") > 0
