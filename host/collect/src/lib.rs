//! AWS API to resource documents, one module a service.
