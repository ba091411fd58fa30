"""Settings of the node: one frozen model, read from flags, environment, `settings.toml` and
defaults.

The environment names of the public Go node are accepted as they are; ours start with `MORPHEUS_`.
"""

from node.core.settings.kinds import LOG_LEVELS
from node.core.settings.model import NodeSettings
from node.core.settings.own_networks import OwnNetwork
from node.core.settings.policies import PolicyMode, SessionPolicy, policy_for
from node.core.settings.sources import (
    MAX_FILE_BYTES,
    LoadedSettings,
    environment_names,
    forget_setting,
    load_settings,
    load_with_origins,
    read_settings_file,
    save_settings,
    setting_names,
)

__all__ = [
    "LOG_LEVELS",
    "MAX_FILE_BYTES",
    "LoadedSettings",
    "NodeSettings",
    "OwnNetwork",
    "PolicyMode",
    "SessionPolicy",
    "environment_names",
    "forget_setting",
    "load_settings",
    "load_with_origins",
    "policy_for",
    "read_settings_file",
    "save_settings",
    "setting_names",
]
