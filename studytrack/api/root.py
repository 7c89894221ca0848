"""The way in: what there is."""

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from studytrack.api import schema_operations

PLACES = (
    *("register", "login", "me", "subjects", "sessions", "session-import", "me-export", "me-calendar", "me-heatmap"),
    *("docs", "redoc", "schema", "admin:index"),
)


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
        return Response({name.partition(":")[0].rpartition("-")[2]: reverse(name, request=request) for name in PLACES})
