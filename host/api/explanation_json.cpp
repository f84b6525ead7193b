#include "api/explanation_json.hpp"
