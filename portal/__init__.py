"""The portal: companies assess themselves, governments review, the public reads protected findings.

The application is made in portal/application.py; this file stays empty so that a part can be used without the rest.
"""
