package dev.alcada.examples.gateway;

import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.tool.ToolDefinition;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The tools of a server as the gateway reads them, so that a lock of them holds for it. */
public final class ToolLists {
  private static final int MOST_BYTES = 16 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ToolLists() {}

  /**
   * Starts a server, asks it for its tools, and ends it.
   *
   * @param command the server's, and its arguments
   * @throws IOException if it does not list them; the message says why
   */
  public static List<ToolDefinition> of(List<String> command) throws IOException {
    UpstreamProcess.Limits limits = new UpstreamProcess.Limits(MOST_BYTES, PATIENCE);
    return listed(listener -> UpstreamProcess.start(command, limits, listener));
  }

  /**
   * Asks a server for its tools.
   *
   * @param url its Streamable HTTP address
   * @param headersFromEnvironment each as NAME=VARIABLE, that of an environment variable
   * @throws IOException if it does not list them; the message says why
   * @throws IllegalArgumentException if a header cannot be set
   */
  public static List<ToolDefinition> of(URI url, List<String> headersFromEnvironment)
      throws IOException {
    UpstreamUrl.Address address =
        new UpstreamUrl.Address(
            UpstreamUrl.http(),
            url,
            UpstreamHeaders.of(List.of(), headersFromEnvironment, System.getenv()),
            MOST_BYTES);
    return listed(listener -> new UpstreamUrl(address, listener));
  }

  private static List<ToolDefinition> listed(Upstream.Opener opener) throws IOException {
    // Nobody calls anything through it.
    ToolGuard guard =
        ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"deny\"}")).build();
    Settings settings = Settings.of(guard, opener);
    return Relay.listed(settings.withFit(settings.fit().withDefinitions()));
  }
}
