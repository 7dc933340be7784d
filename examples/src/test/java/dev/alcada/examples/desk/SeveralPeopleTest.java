package dev.alcada.examples.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two people of one role approve at the desk, each at an address of their own. */
class SeveralPeopleTest {
  private static final ToolCall CALL =
      ToolCall.of("pay", Map.of("amount", 5), Caller.grant("agent-7"));

  @TempDir private Path files;
  private final Approvals approvals = Approvals.inMemory();
  private final ToolGuard guard =
      ToolGuard.builder(
              Policy.parse(
                  """
                  {"version": "1", "default": "deny", "tools": {"pay": {"action": "require_approval",
                    "approval": {"approvers": 2, "from": ["cfo", "controller"]}}}}
                  """))
          .approvals(approvals)
          .build();
  private final Map<String, String> urls = new HashMap<>();
  private DeskServer desk;

  @BeforeEach
  void open() throws Exception {
    open("ana:cfo", "bo:controller", "cy:clerk");
  }

  private void open(String... people) throws Exception {
    desk = DeskServer.open(approvals, Seat.all(List.of(people)), 0, files);
    desk.urls().forEach((seat, url) -> urls.put(seat.name(), url));
    urls.put("command line", DeskFile.address(files, desk.port()));
  }

  @AfterEach
  void close() {
    desk.close();
  }

  private String answered(String person, String answer) throws Exception {
    URI page = URI.create(urls.get(person));
    String id = approvals.pending().get(0).id();
    return send(
        HttpRequest.newBuilder(page.resolve("answer"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "text/plain")
            .header("Origin", "http://" + page.getAuthority())
            .POST(
                HttpRequest.BodyPublishers.ofString("id=" + id + "&answer=" + answer + "&note=")));
  }

  private static String send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void theCallRunsOnceBothHaveSaidYes() throws Exception {
    guard.call(CALL, judged -> "paid");

    assertThat(answered("cy", "approve")).contains("with the role cfo or controller");
    assertThat(answered("ana", "approve")).startsWith("1 of 2 approvals, and waits for more: pay");
    assertThat(answered("ana", "approve")).contains("has approved it already");
    assertThat(guard.call(CALL, judged -> "paid")).isInstanceOf(Outcome.ApprovalRequired.class);
    String page = send(HttpRequest.newBuilder(URI.create(urls.get("bo"))));
    assertThat(page)
        .contains("1 of 2 needed, each by another person", "cfo or controller", "approved by");

    assertThat(answered("bo", "approve")).startsWith("approved: pay");
    assertThat(guard.call(CALL, judged -> "paid")).isEqualTo(new Outcome.Completed<>("paid"));
  }

  /** Who runs the program may be one of those who are named, and would be two people then. */
  @Test
  void whoRunsTheProgramIsNoFurtherPerson() throws Exception {
    guard.replacePolicy(
        Policy.parse(
            """
            {"version": "1", "default": "deny", "tools": {"pay": {"action": "require_approval",
              "approval": {"approvers": 2}}}}
            """));
    guard.call(CALL, judged -> "paid");
    answered("ana", "approve");

    assertThat(answered("command line", "approve")).contains("nobody knows who");
    assertThat(guard.call(CALL, judged -> "paid")).isInstanceOf(Outcome.ApprovalRequired.class);
    assertThat(answered("bo", "approve")).startsWith("approved: pay");
    assertThat(guard.call(CALL, judged -> "paid")).isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void whoRunsTheProgramAnswersWhereOneYesIsEnoughAndMayDeny() throws Exception {
    guard.replacePolicy(
        Policy.parse(
            """
            {"version": "1", "default": "deny", "tools": {"pay": {"action": "require_approval"}}}
            """));
    guard.call(CALL, judged -> "paid");

    assertThat(answered("command line", "approve")).startsWith("approved: pay");
    assertThat(guard.call(CALL, judged -> "paid")).isInstanceOf(Outcome.Completed.class);
    guard.call(CALL, judged -> "paid");
    assertThat(answered("command line", "deny")).startsWith("denied: pay");
  }

  @Test
  void anybodysNoDeniesIt() throws Exception {
    guard.call(CALL, judged -> "paid");
    answered("ana", "approve");

    assertThat(answered("cy", "deny")).startsWith("denied: pay");
    assertThat(guard.call(CALL, judged -> "paid")).isInstanceOf(Outcome.Denied.class);
  }
}
