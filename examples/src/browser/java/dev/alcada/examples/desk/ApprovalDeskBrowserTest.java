package dev.alcada.examples.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.Chromium;
import dev.alcada.guard.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A person at the page, an agent that retries. */
class ApprovalDeskBrowserTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Map<String, Object> LARGE =
      Map.of("from", "company", "to", "ines", "amount", 5000, "reference", "Invoice 2026-118");
  private static final Map<String, Object> ADVANCE =
      Map.of("from", "company", "to", "rui", "amount", 2500, "reference", "Advance on travel");

  private Desk desk;
  private ChromeDriver browser;

  @BeforeEach
  void open() throws Exception {
    desk = Desk.open(0, "ana");
    browser = Chromium.start();
    browser.manage().window().setSize(new Dimension(900, 1360));
  }

  @AfterEach
  void close() {
    if (browser != null) {
      browser.quit();
    }
    desk.close();
  }

  @Test
  void aPersonApprovesOneAndDeniesOneAndTheRetriesGetWhatWasDecided() throws Exception {
    browser.get(desk.url());
    assertThat(browser.findElements(By.tagName("form"))).isEmpty();
    assertThat(desk.transfer(LARGE)).isInstanceOf(Outcome.ApprovalRequired.class);

    // The empty page looks again by itself; one with a form on it, when told to.
    waitForForms(1);
    assertThat(desk.transfer(ADVANCE)).isInstanceOf(Outcome.ApprovalRequired.class);
    browser.findElement(By.linkText("Look again")).click();
    waitForForms(2);
    assertThat(form("Invoice 2026-118").getText())
        .contains("transfer", "agent-7", "\"amount\": 5000", "\"to\": \"ines\"");
    form("Advance").findElement(By.tagName("textarea")).sendKeys("Ask rui to file it first.");
    screenshot();

    // By keyboard alone: note, then Tab to Deny, then Enter.
    form("Advance").findElement(By.tagName("textarea")).sendKeys(Keys.TAB);
    WebElement focused = browser.switchTo().activeElement();
    assertThat(focused.getText()).isEqualTo("Deny");
    focused.sendKeys(Keys.ENTER);
    waitForForms(1);
    form("Invoice 2026-118").findElement(By.cssSelector("button.approve")).click();
    waitForForms(0);

    assertThat(desk.transfer(LARGE)).isInstanceOf(Outcome.Completed.class);
    Outcome<String> denied = desk.transfer(ADVANCE);
    assertThat(denied).isInstanceOf(Outcome.Denied.class);
    assertThat(denied.decision().message()).contains("Ask rui to file it first.");
    assertThat(desk.transfer(LARGE)).isInstanceOf(Outcome.ApprovalRequired.class);
    assertThat(desk.ledger().balance("ines")).isEqualByComparingTo("5000");
    assertThat(desk.ledger().balance("rui")).isZero();
  }

  @Test
  void whatAnAgentWritesRunsNoScript() throws Exception {
    desk.transfer(
        Map.of("amount", 5000, "to", "</pre><script>document.title='owned'</script><img src=x>"));

    browser.get(desk.url());

    assertThat(browser.getTitle()).isEqualTo("(1) Approval desk");
    assertThat(browser.findElements(By.cssSelector("script, img"))).isEmpty();
  }

  private void waitForForms(int count) {
    new WebDriverWait(browser, PATIENCE)
        .until(ExpectedConditions.numberOfElementsToBe(By.tagName("form"), count));
  }

  private WebElement form(String text) {
    List<WebElement> forms = browser.findElements(By.tagName("form"));
    return forms.stream().filter(form -> form.getText().contains(text)).findFirst().orElseThrow();
  }

  /** The upper part of this is the picture in {@code core/docs/approvals.md}. */
  private void screenshot() throws Exception {
    byte[] png = browser.getScreenshotAs(OutputType.BYTES);
    Files.write(Path.of("target", "approval-desk.png"), png);
  }
}
