"""What REST framework, the shape of its errors and the OpenAPI document are told; base takes it over."""

from studytrack.environment import PROJECT

MAX_BODY_BYTES = 64 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
CSRF_FAILURE_VIEW = "studytrack.api.errors.csrf_failure"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": [
        "studytrack.api.renderers.JSONRenderer",
        "studytrack.api.browsable.BrowsableAPIRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["studytrack.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "studytrack.api.pagination.PageNumbers",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "studytrack.api.schema.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "studytrack.api.errors.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "studytrack.api.errors.ProblemFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "StudyTrack",
    "VERSION": "1.0.0",
    "DESCRIPTION": (PROJECT / "studytrack" / "api" / "introduction.md").read_text(),
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "SERVERS": [{"url": "/"}],
    "TAGS": [
        {"name": "Accounts", "description": "Who studies: opening an account, signing in and out, settings."},
        {"name": "Subjects", "description": "What is studied: goals, and the totals that the sessions give."},
        {"name": "Sessions", "description": "When it was studied: one time line, on which nothing overlaps."},
        {"name": "Statistics", "description": "What it came to: sums by study day, by subject, by the clock."},
        {"name": "Service", "description": "Where everything is, and whether it is well."},
    ],
    "PREPROCESSING_HOOKS": ["studytrack.api.schema.in_the_order_of_urls"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "studytrack.api.schema.of_any_shape",
        "studytrack.api.schema_links.with_links",
    ],
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "format": "int64", "minimum": 1}, "year": int},
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
