"""System libraries that Qt links on Linux: which are missing, and what installs them."""

import ctypes
import os
import shutil
import sys
from pathlib import Path

from devtools.console import DevError, call, say

OFFSCREEN = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
}
"""Needed to start Qt at all: library -> Debian package."""

DISPLAY = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""Needed beside those for a window on an X display."""

_FEDORA = (
    "mesa-libGL mesa-libEGL libxkbcommon libxkbcommon-x11 libX11 libX11-xcb dbus-libs fontconfig"
    " freetype glib2 xcb-util-cursor xcb-util-wm xcb-util xcb-util-image xcb-util-keysyms"
    " xcb-util-renderutil libxcb"
)
_ARCH = (
    "libglvnd libxkbcommon libxkbcommon-x11 libx11 dbus fontconfig freetype2 glib2 xcb-util-cursor"
    " xcb-util-wm xcb-util xcb-util-image xcb-util-keysyms xcb-util-renderutil libxcb"
)


def has_display() -> bool:
    """Whether a window can appear: always on Windows and macOS, else by the display's variables."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _is_loadable(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_qt_libraries(*, display: bool) -> dict[str, str]:
    """Return the libraries that Qt needs and this system lacks, with their Debian packages."""
    if not sys.platform.startswith("linux"):
        return {}
    wanted = OFFSCREEN | DISPLAY if display else OFFSCREEN
    return {name: package for name, package in wanted.items() if not _is_loadable(name)}


def _os_family() -> set[str]:
    path = Path("/etc/os-release")
    if not path.is_file():
        return set()
    words: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key in {"ID", "ID_LIKE"}:
            words.update(value.strip("\"'").split())
    return words


def is_debian_like() -> bool:
    """Whether packages come from apt."""
    return bool(_os_family() & {"debian", "ubuntu"}) and shutil.which("apt-get") is not None


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install_as_root(packages: list[str], *, why: str) -> bool:
    """Install Debian packages when we are root; return False when we are not, or apt fails."""
    if not (_is_root() and is_debian_like()):
        return False
    say(f"{why}: installing {' '.join(packages)}")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if call(install, env=env, quiet=True) == 0:
        return True
    call(["apt-get", "update"], env=env, quiet=True)
    return call(install, env=env, quiet=True) == 0


def command_for(packages: list[str]) -> str:
    """Return the command that installs Qt's libraries on this system."""
    family = _os_family()
    if family & {"debian", "ubuntu"}:
        return f"sudo apt-get install {' '.join(packages)}"
    if family & {"fedora", "rhel", "centos"}:
        return f"sudo dnf install {_FEDORA}"
    if family & {"arch"}:
        return f"sudo pacman -S --needed {_ARCH}"
    return f"your system's packages for (Debian names) {' '.join(packages)}"


def ensure_qt_libraries(*, display: bool) -> None:
    """Make sure that Qt can start: as root on Debian install what lacks, else say what to run.

    Raises:
        DevError: libraries are missing and were not installed.
    """
    missing = missing_qt_libraries(display=display)
    if not missing:
        return
    packages = sorted(set(missing.values()))
    names = ", ".join(sorted(missing))
    if install_as_root(packages, why=f"Qt needs {names}"):
        missing = missing_qt_libraries(display=display)
    if missing:
        raise DevError(
            f"Qt cannot start: {', '.join(sorted(missing))} missing on this system. Install with:\n"
            f"  {command_for(sorted(set(missing.values())))}"
        )
