"""The way in: what there is."""

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from studytrack.api import schema_operations

PLACES = {
    "register": "register",
    "login": "login",
    "me": "me",
    "subjects": "subjects",
    "sessions": "sessions",
    "running": "session-running",
    "import": "session-import",
    "today": "stats-today",
    "streak": "stats-streak",
    "summary": "stats-summary",
    "heatmap": "stats-heatmap",
    "export": "me-export",
    "calendar_link": "me-calendar",
    "heatmap_link": "me-heatmap",
    "docs": "docs",
    "redoc": "redoc",
    "schema": "schema",
    "admin": "admin:index",
}
"""What each place is called here, and its route."""


@schema_operations.root
class RootView(APIView):
    """StudyTrack keeps track of study: subjects with goals, and the sessions you spend on them.

    New here? `POST` a name, an address and a password to *register*. Then log in at the top right of this page, or
    `POST` to *login* and send the access token that it returns. The whole API is described at *docs*; operators
    find what StudyTrack keeps at *admin*.
    """

    name = "StudyTrack"
    permission_classes = (AllowAny,)

    def get_view_name(self) -> str:
        return self.name

    def get(self, request: Request) -> Response:
        return Response({place: reverse(route, request=request) for place, route in PLACES.items()})
