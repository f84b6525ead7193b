#include "engine/experiment_watch.hpp"
