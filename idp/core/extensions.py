"""The Flask extensions: made once here, bound to an application in create_app."""

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mail import Mail
from flask_migrate import Migrate

babel = Babel()
limiter = Limiter(key_func=get_remote_address, strategy="moving-window", headers_enabled=False)
login_manager = LoginManager()
mail = Mail()
migrate = Migrate()
