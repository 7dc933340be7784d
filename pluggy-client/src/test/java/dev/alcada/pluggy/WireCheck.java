package dev.alcada.pluggy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/**
 * Compares, on the wire, this client with Pluggy's Node SDK: a program to run by hand, since it
 * needs Node and the network. The module's README says how.
 */
final class WireCheck {
  private WireCheck() {}

  /** Runs the comparison; the argument is the folder of {@code record.js}. */
  public static void main(String... args) throws Exception {
    List<RecordedRequest> ours = recorded(WireCheck::ours);
    List<RecordedRequest> theirs = recorded(base -> theirs(base, Path.of(args[0])));
    boolean same = ours.size() == theirs.size();
    for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
      System.out.println("request " + (i + 1));
      same &= compare("line", ours.get(i).getRequestLine(), theirs.get(i).getRequestLine());
      same &= compare("key", header(ours.get(i), "X-API-KEY"), header(theirs.get(i), "X-API-KEY"));
      same &= compare("type", mediaType(ours.get(i)), mediaType(theirs.get(i)));
      same &= compare("body", body(ours.get(i)), body(theirs.get(i)));
      System.out.println("  headers of ours:   " + names(ours.get(i)));
      System.out.println("  headers of theirs: " + names(theirs.get(i)));
    }
    System.out.println(same ? "The same." : "There are differences.");
  }

  private interface Sender {
    void sendTo(String base) throws Exception;
  }

  private static List<RecordedRequest> recorded(Sender sender) throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(Pluggy.key(Pluggy.jwt("{\"exp\":4102444800}")));
      for (int i = 0; i < 3; i++) {
        server.enqueue(Pluggy.token("token-" + i));
      }
      String base = server.url("/").toString();
      sender.sendTo(base.substring(0, base.length() - 1));
      List<RecordedRequest> requests = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        requests.add(Pluggy.next(server));
      }
      return requests;
    }
  }

  private static void ours(String base) {
    try (PluggyClient client =
        PluggyClient.builder()
            .credentials(Pluggy.CLIENT_ID, Pluggy.CLIENT_SECRET)
            .baseAddress(base)
            .build()) {
      client.createConnectToken(ConnectTokenRequest.builder().build());
      client.createConnectToken(
          ConnectTokenRequest.builder().itemId("3fa85f64-5717-4562-b3fc-2c963f66afa6").build());
      client.createConnectToken(
          ConnectTokenRequest.builder()
              .clientUserId("usuário-42")
              .webhookUrl("https://shop.example/hooks?a=1&b=2")
              .oauthRedirectUri("https://shop.example/back")
              .avoidDuplicates(true)
              .connectorSortAlphabetically(false)
              .build());
    }
  }

  private static void theirs(String base, Path folder) throws IOException, InterruptedException {
    ProcessBuilder node = new ProcessBuilder("node", "record.js").directory(folder.toFile());
    node.environment().put("PLUGGY_API_URL", base);
    node.environment().put("PLUGGY_CLIENT_ID", Pluggy.CLIENT_ID);
    node.environment().put("PLUGGY_CLIENT_SECRET", Pluggy.CLIENT_SECRET);
    Process process = node.inheritIO().start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException("record.js failed");
    }
  }

  private static boolean compare(String what, String ours, String theirs) {
    boolean same = ours.equals(theirs);
    System.out.println(
        "  "
            + what
            + (same
                ? " same: " + ours
                : " differs\n    ours:   " + ours + "\n    theirs: " + theirs));
    return same;
  }

  private static String body(RecordedRequest request) {
    // Parsed and written again, so that only what JSON means is compared.
    return String.valueOf(Json.readObject(request.getBody().utf8()));
  }

  private static String mediaType(RecordedRequest request) {
    return header(request, "Content-Type").split(";", 2)[0].strip();
  }

  private static String header(RecordedRequest request, String name) {
    String value = request.getHeaders().get(name);
    return value == null ? "none" : value.replaceAll("eyJ.*", "the key");
  }

  private static Set<String> names(RecordedRequest request) {
    Set<String> names = new TreeSet<>();
    request.getHeaders().names().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    return names;
  }
}
