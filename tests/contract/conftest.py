from tests.legs.conftest import shared as shared
