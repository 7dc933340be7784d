package dev.alcada.examples;

import dev.alcada.audit.DecisionListener;
import dev.alcada.examples.desk.Answering;
import dev.alcada.examples.desk.DeskChoice;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyFile;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * An MCP server over stdio with one tool, {@code create_connect_token}, under a policy. Point any
 * MCP client at it: Claude Desktop, Cursor, the MCP Inspector.
 */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = "Serves the guarded tool create_connect_token over stdio.")
public final class ConnectTokenServer implements Callable<Integer> {
  @Option(
      names = "--policy",
      paramLabel = "FILE",
      defaultValue = "examples/policies/create_connect_token.json",
      description = "the policy, JSON or YAML (default ${DEFAULT-VALUE})")
  private Path policy = Path.of("policy.json");

  @Mixin private PluggyChoice pluggy = new PluggyChoice();

  @Mixin private StateChoice state = new StateChoice();

  @Mixin private DeskChoice desk = new DeskChoice();

  @Override
  public Integer call() throws Exception {
    desk.check();
    try (StateChoice.State kept = state.open()) {
      return serve(kept);
    }
  }

  @SuppressWarnings("try") // the policy is watched as long as it serves
  private int serve(StateChoice.State kept) throws Exception {
    Approvals approvals = kept.approvals();
    ToolGuard guard =
        ToolGuard.builder(Policy.load(policy))
            .counterStore(kept.counters())
            .approvals(approvals)
            .listener(DecisionListener.logging())
            .build();
    McpTools.Builder making =
        McpTools.builder(guard).stdio().validateInputs(McpJsonDefaults.getSchemaValidator());
    if (desk.anybody()) {
      making.elicitApprovals();
    }
    McpTools tools = making.build();

    // Nothing but protocol on standard output, whoever prints.
    PrintStream protocol = System.out;
    System.setOut(System.err);
    ServedInput in = new ServedInput(System.in);
    try (Answering answering = desk.answering(approvals, "serve");
        PolicyFile watch = PolicyWatch.watch(policy, guard);
        var connection = pluggy.connect()) {
      answering.start(guard);
      McpSyncServer server =
          McpServer.sync(
                  tools.heard(
                      new StdioServerTransportProvider(McpJsonDefaults.getMapper(), in, protocol)))
              .serverInfo("alcada-connect-token", "0.1.0")
              .validateToolInputs(false) // the guard comes first
              .tools(tools.sync(List.of(ConnectTokenSpecification.of(connection.client()))))
              .build();
      boolean ended = in.awaitEnd();
      server.closeGracefully();
      return ended ? 0 : 1;
    } finally {
      System.setOut(protocol);
    }
  }
}
