"""Ranges of settings, as types that stages put on their keyword arguments."""

from typing import Annotated

from pydantic import Field

Count = Annotated[int, Field(ge=1)]
Portion = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Share = Annotated[float, Field(gt=0, lt=1)]
