//! What falls when something falls: graph, closure, containment and paths; pure, without I/O.
