//! A simulated organization served over the real AWS wire protocols.
