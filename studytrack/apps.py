"""The admin as an app: Django's, with StudyTrack's own site."""

from django.contrib.admin.apps import AdminConfig


class StudyTrackAdminConfig(AdminConfig):
    default_site = "studytrack.admin.Site"
