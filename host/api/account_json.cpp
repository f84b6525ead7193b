#include "api/account_json.hpp"
