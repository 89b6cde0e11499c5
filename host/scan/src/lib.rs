//! The conductor: organization, collection, plugins, blast radius and coverage.
