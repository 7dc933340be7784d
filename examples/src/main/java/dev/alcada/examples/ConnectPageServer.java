package dev.alcada.examples;

import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.alcada.pluggy.ConnectTokenTool;
import dev.alcada.policy.Policy;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves the page that opens the Pluggy Connect widget. */
@Command(
    name = "connect-page",
    mixinStandardHelpOptions = true,
    description = "Serve a page that mints a token through the guard and opens Pluggy Connect.")
final class ConnectPageServer implements Callable<Integer> {
  @Mixin private PluggyChoice pluggy = new PluggyChoice();

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "<file>",
      description = "the policy that decides, JSON or YAML")
  private Path policy = Path.of("policy.json");

  @Option(
      names = "--port",
      defaultValue = "0",
      paramLabel = "<port>",
      description = "the port on the loopback interface; a free one if not given")
  private int port;

  @Option(
      names = "--widget",
      defaultValue = ConnectPage.WIDGET,
      paramLabel = "<url>",
      description = "the address of the widget's script (default: ${DEFAULT-VALUE})")
  private String widget = ConnectPage.WIDGET;

  @Override
  public Integer call() throws Exception {
    ToolGuard guard = ToolGuard.builder(Policy.load(policy)).build();
    try (PluggyChoice.Connection connection = pluggy.connect();
        LoopbackServer server =
            LoopbackServer.start(new ConnectPage(guard, tool(connection), widget), port)) {
      System.out.println(
          "Tokens come from " + (pluggy.live() ? "Pluggy." : "a stand-in on this machine."));
      System.out.println("Open " + server.url() + " and stop with Ctrl+C.");
      new CountDownLatch(1).await();
      return 0;
    }
  }

  private static ConnectTokenTool tool(PluggyChoice.Connection connection) {
    return ConnectTokenTool.builder(connection.client()).clientUserId(Caller::grant).build();
  }
}
