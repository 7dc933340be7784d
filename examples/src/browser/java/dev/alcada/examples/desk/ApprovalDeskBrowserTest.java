package dev.alcada.examples.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.Chromium;
import dev.alcada.guard.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  @TempDir Path files;
  private Desk desk;
  private ChromeDriver browser;

  @BeforeEach
  void open() throws Exception {
    desk = Desk.open(0, List.of("ana:treasury"), files);
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
        .contains("transfer", "agent-7", "args.amount 5000", "args.to \"ines\"");
    form("Advance").findElement(By.tagName("textarea")).sendKeys("Ask rui to file it first.");
    screenshot("approval-desk");

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

  @Test
  void whatAnAgentWritesHidesTurnsAndPushesNothing() throws Exception {
    Map<String, Object> hostile = new LinkedHashMap<>();
    hostile.put("reference", "Invoice 2026-118. ".repeat(3_000));
    hostile.put("note", "approved already \u202e0005 :tnuoma");
    hostile.put("memo", "Z" + "\u0347\u0323\u0301\u0300".repeat(60));
    hostile.put("from", "c\u043empany");
    hostile.put("to", "in\u200bes");
    hostile.put("\u0430mount", 1);
    IntStream.range(0, 60).forEach(i -> hostile.put("a" + i, i));
    hostile.put("ref", "\ua4d0\ua4ee\ua4d3");
    hostile.put("amount", 5000);
    hostile.put("tags", IntStream.range(0, 300).boxed().toList());
    desk.transfer(hostile);

    browser.get(desk.url());

    screenshot("approval-desk-hostile");
    WebElement amount =
        browser.findElement(By.xpath("//tr[th/bdi[.='args.amount']]/td[bdi[.='5000']]"));
    WebElement approve = browser.findElement(By.cssSelector("button.approve"));
    assertThat(amount.isDisplayed()).isTrue();
    assertThat(amount.getLocation().getY()).isLessThan(approve.getLocation().getY());
    browser.executeScript(
        "document.querySelectorAll('form > details').forEach(d => d.open = true)");
    assertThat(browser.findElement(By.tagName("form")).getText())
        .contains("mixes scripts: Cyrillic, Latin", "in\\u{200b}es", "\\u{202e}0005")
        .contains("is written in Lisu", "54,000 characters, SHA-256");
    Long wide =
        (Long) browser.executeScript("return document.documentElement.scrollWidth - innerWidth");
    assertThat(wide).as("nothing runs out of the page").isNotPositive();
  }

  private void waitForForms(int count) {
    new WebDriverWait(browser, PATIENCE)
        .until(ExpectedConditions.numberOfElementsToBe(By.tagName("form"), count));
  }

  private WebElement form(String text) {
    List<WebElement> forms = browser.findElements(By.tagName("form"));
    return forms.stream().filter(form -> form.getText().contains(text)).findFirst().orElseThrow();
  }

  /** The upper part of the first is the picture in {@code core/docs/approvals.md}. */
  private void screenshot(String name) throws Exception {
    byte[] png = browser.getScreenshotAs(OutputType.BYTES);
    Files.write(Path.of("target", name + ".png"), png);
  }
}
