//! Findings, coverage and blast radius to terminal and JSON.
