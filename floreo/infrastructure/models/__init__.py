"""Essential services: who runs them, what they need, who is designated, how they recover, and what-ifs over them."""

from floreo.infrastructure.models.choices import (
    EDGES,
    EDIT,
    READ,
    AssetKind,
    DependencyKind,
    ServiceStateChoice,
    StageChoice,
    StepKind,
    TestResult,
)
from floreo.infrastructure.models.dependencies import Dependency
from floreo.infrastructure.models.designation import (
    CriteriaSet,
    Criterion,
    Designation,
    DesignationScore,
    DesignationStep,
)
from floreo.infrastructure.models.essential_services import Asset, OfServiceQuerySet, Service, ServicePlace
from floreo.infrastructure.models.recovery import RecoveryPlan
from floreo.infrastructure.models.what_ifs import SinglePointsResult, WhatIf, WhatIfChange, WhatIfFailure

__all__ = [
    "EDGES",
    "EDIT",
    "READ",
    "Asset",
    "AssetKind",
    "CriteriaSet",
    "Criterion",
    "Dependency",
    "DependencyKind",
    "Designation",
    "DesignationScore",
    "DesignationStep",
    "OfServiceQuerySet",
    "RecoveryPlan",
    "Service",
    "ServicePlace",
    "ServiceStateChoice",
    "SinglePointsResult",
    "StageChoice",
    "StepKind",
    "TestResult",
    "WhatIf",
    "WhatIfChange",
    "WhatIfFailure",
]
