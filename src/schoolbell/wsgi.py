"""What a WSGI server loads."""

import os
import signal

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from schoolbell.embedded.launch import PR_SET_PDEATHSIG, prctl
from schoolbell.kit.long_lived import settle_down

# Set by the command line: a server process whose master was killed would keep the port and serve nobody's orders.
if os.environ.get("SCHOOLBELL_TIED") == "1":
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

if not os.environ.get("SCHOOLBELL_SECRET_KEY"):
    # Several processes serve one installation: a key of each one's own would open nothing that another sealed.
    raise ImproperlyConfigured("Set SCHOOLBELL_SECRET_KEY; `schoolbell serve` does, from its data directory.")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schoolbell.settings")
application = get_wsgi_application()
settle_down()

if proxies := os.environ.get("SCHOOLBELL_TRUSTED_PROXIES"):
    application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=proxies.split(","))
