//! How Blastwall talks to AWS: client configuration, call meter, errors as data.
