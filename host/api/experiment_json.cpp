#include "api/experiment_json.hpp"
