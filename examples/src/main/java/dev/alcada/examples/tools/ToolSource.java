package dev.alcada.examples.tools;

import dev.alcada.examples.gateway.ToolLists;
import dev.alcada.tool.ToolDefinition;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Where a command has its list of tools from. */
final class ToolSource {
  @Option(
      names = "--tools",
      paramLabel = "FILE",
      description = "a list of tools: what tools/list answers, or a bare JSON list")
  private @Nullable Path file;

  @Option(
      names = "--upstream",
      paramLabel = "URL",
      description = "or ask the server at this Streamable HTTP address")
  private @Nullable URI url;

  @Option(
      names = "--header-env",
      paramLabel = "NAME=VARIABLE",
      description = "send --upstream a header whose value is in this environment variable")
  private List<String> headers = new ArrayList<>();

  @Parameters(paramLabel = "COMMAND", description = "or start this server and ask it; after --")
  private List<String> command = List.of();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** {@return the tools; a wrong choice is one of usage} */
  List<ToolDefinition> read() throws IOException {
    long given = Stream.of(file != null, url != null, !command.isEmpty()).filter(is -> is).count();
    if (given != 1) {
      throw wrong(
          "Give one of --tools FILE, --upstream URL or, after --, the command of a server.");
    }
    if (file != null) {
      return ToolDefinition.load(file);
    } else if (url == null) {
      return ToolLists.of(command);
    } else if (!List.of("http", "https").contains(String.valueOf(url.getScheme()))
        || url.getHost() == null) {
      throw wrong("--upstream takes an http or https URL.");
    }
    try {
      return ToolLists.of(url, headers);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException wrong(String why) {
    return new ParameterException(spec.commandLine(), why);
  }
}
