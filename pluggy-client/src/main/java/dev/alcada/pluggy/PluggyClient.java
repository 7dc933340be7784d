package dev.alcada.pluggy;

/** Mints Pluggy connect tokens. */
public final class PluggyClient {
  private PluggyClient() {}
}
