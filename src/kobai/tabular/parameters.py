"""The interface of scikit-learn's estimators, without need of scikit-learn."""

import inspect
from typing import Any, Self

from kobai.errors import KobaiError, suggest


class NotFittedError(KobaiError, ValueError, AttributeError):
    """A model is asked for what it learns, before it has learned."""


def not_fitted(message: str) -> Exception:
    """Return the error for that: scikit-learn's own as well, where that is in use."""
    import sys

    exceptions = sys.modules.get("sklearn.exceptions")
    if exceptions is None:
        return NotFittedError(message)
    kind = type("NotFittedError", (NotFittedError, exceptions.NotFittedError), {})
    error: Exception = kind(message)
    return error


class Parameters:
    """Parameters that are the arguments of the constructor, kept as they were given."""

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        known = inspect.signature(cls).parameters.values()
        return {each.name: each.default for each in known}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the arguments that the model was made with, by their names."""
        return {name: getattr(self, name) for name in self._defaults()}

    def set_params(self, **params: Any) -> Self:
        """Change arguments that the model was made with; `fit` goes by them.

        Raises ValueError for a name that there is not.
        """
        known = self._defaults()
        for name, value in params.items():
            if name not in known:
                raise ValueError(
                    f"{type(self).__name__}: has no parameter {name!r}."
                    f"{suggest(name, known)} It has {', '.join(known)}"
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = self._defaults()
        changed = (
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value is not defaults[name] and repr(value) != repr(defaults[name])
        )
        return f"{type(self).__name__}({', '.join(changed)})"


def tags(kind: str | None) -> Any:
    """Return what scikit-learn asks of an estimator that is of a kind, or of none."""
    from sklearn.utils import (
        ClassifierTags,
        InputTags,
        RegressorTags,
        Tags,
        TargetTags,
    )

    return Tags(
        estimator_type=kind,
        target_tags=TargetTags(required=False, multi_output=True),
        classifier_tags=ClassifierTags() if kind == "classifier" else None,
        regressor_tags=RegressorTags() if kind == "regressor" else None,
        input_tags=InputTags(allow_nan=True, string=True, categorical=True),
    )
