package dev.alcada.examples;

import dev.alcada.pluggy.PluggyClient;
import dev.alcada.pluggy.testing.PluggyStandIn;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where an example mints its tokens: at a stand-in on this machine, or at Pluggy. */
final class PluggyChoice {
  @Option(
      names = "--live",
      description =
          "talk to Pluggy itself, with PLUGGY_CLIENT_ID and PLUGGY_CLIENT_SECRET from the"
              + " environment; otherwise to a stand-in on this machine")
  private boolean live;

  /** A client, and the stand-in it talks to, if any. */
  record Connection(PluggyClient client, @Nullable PluggyStandIn standIn) implements AutoCloseable {
    @Override
    public void close() {
      client.close();
      if (standIn != null) {
        standIn.close();
      }
    }
  }

  boolean live() {
    return live;
  }

  /**
   * Connects.
   *
   * @throws IllegalStateException if the credentials are missing
   */
  Connection connect() {
    if (live) {
      String id = fromEnvironment("PLUGGY_CLIENT_ID");
      String secret = fromEnvironment("PLUGGY_CLIENT_SECRET");
      return new Connection(PluggyClient.builder().credentials(id, secret).build(), null);
    }
    PluggyStandIn standIn = PluggyStandIn.start();
    PluggyClient client =
        PluggyClient.builder()
            .baseAddress(standIn.baseAddress())
            .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
            .build();
    return new Connection(client, standIn);
  }

  private static String fromEnvironment(String name) {
    String value = System.getenv(name);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException(
          "--live needs " + name + " in the environment; without --live a stand-in is used");
    }
    return value;
  }
}
