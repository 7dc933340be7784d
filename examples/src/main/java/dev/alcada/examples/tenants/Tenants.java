package dev.alcada.examples.tenants;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves two tenants, and prints the tokens of their accounts. */
@Command(
    name = "tenants",
    mixinStandardHelpOptions = true,
    description = "Serves MCP tools to the accounts of two tenants, each under its role's policy.")
public final class Tenants implements Callable<Integer> {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "the loopback port (default: a free one)")
  private int port;

  @Override
  public Integer call() throws Exception {
    Map<String, Account> accounts = new LinkedHashMap<>();
    for (Account account :
        List.of(
            new Account("ana@acme", "acme", "clerk"),
            new Account("rui@acme", "acme", "manager"),
            new Account("eva@bolt", "bolt", "clerk"),
            new Account("leo@bolt", "bolt", "manager"))) {
      accounts.put(token(), account);
    }
    try (TenantServer server = TenantServer.start(accounts, port)) {
      System.out.printf(
          "MCP at %1$s/mcp, approvals at %1$s/approvals; the tokens:%n", server.url());
      accounts.forEach(
          (token, account) ->
              System.out.printf("  %-9s %-8s %s%n", account.name(), account.role(), token));
      System.out.println("Stop with Ctrl+C.");
      new CountDownLatch(1).await();
      return 0;
    }
  }

  private static String token() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
