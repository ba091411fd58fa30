"""Base of all DTOs."""

from pydantic import BaseModel, ConfigDict


class Dto(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
