// Nothing: CMake wants a source beside the headers that are compiled once.
