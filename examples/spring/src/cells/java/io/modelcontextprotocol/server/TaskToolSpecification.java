package io.modelcontextprotocol.server;

/** Such as a later version of the SDK might have. */
public record TaskToolSpecification(String name) {}
