package dev.alcada.examples.gateway;

import dev.alcada.examples.ChildJvm;
import java.nio.file.Path;
import java.util.List;

/** A server whose tools can be listed. */
public final class ListedTools {
  private ListedTools() {}

  /** {@return the command that starts it} */
  public static List<String> server(Path ledger) {
    return ChildJvm.command(ObedientServer.class, ledger.toString());
  }
}
