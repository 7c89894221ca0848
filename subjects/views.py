"""The subjects of the signed-in user."""

from studytrack.api.viewsets import OwnedViewSet
from subjects import schema
from subjects.filters import SubjectFilters
from subjects.models import Subject
from subjects.serializers import SubjectSerializer


@schema.subjects
class SubjectViewSet(OwnedViewSet):
    """Your subjects, each with its goal in hours and what your sessions have made of it.

    `total_hours_completed` (hours, two decimals), `progress_percent` (0 to 100, null without a goal) and
    `session_count` follow from the sessions and cannot be written. Deleting a subject deletes its sessions.
    """

    queryset = Subject.objects.with_totals().with_priority_rank()
    serializer_class = SubjectSerializer
    filterset_class = SubjectFilters
