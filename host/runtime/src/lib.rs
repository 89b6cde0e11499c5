//! Load, limit, feed and question plugins.
