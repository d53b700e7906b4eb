//! Whether what happened suffices for an award: rule and events in, outcome and reasons out.
