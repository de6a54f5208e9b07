// What is wrong with the card on this page, as sentences. `night` says which theme it should have.
(night) => {
  const wrong = [];
  const root = document.scrollingElement;
  if (root.scrollWidth !== window.innerWidth) wrong.push(`the page is ${root.scrollWidth} px wide in ${window.innerWidth} px`);
  const card = document.querySelector('.page');
  const scrolls = card.matches(':has(li > mjx-container:not([display="true"]))');
  if (card.scrollWidth > card.clientWidth && !scrolls) wrong.push(`the card is ${card.scrollWidth} px wide in ${card.clientWidth} px`);

  const parsed = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) => {
    const linear = (part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const color = parsed(getComputedStyle(element).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const lit = luminance(ground(document.body));
  if (night ? lit > 0.05 : lit < 0.8) wrong.push(`the page's ground has a luminance of ${lit.toFixed(2)}`);

  const visible = (element) => element.checkVisibility ? element.checkVisibility() : true;
  const inside = (element) => { // what scrolls or hides its own: nothing of it is seen beyond its box
    let box = { left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity };
    for (; element; element = element.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(element);
      const rect = element.getBoundingClientRect();
      if (overflowX !== 'visible') box = { ...box, left: Math.max(box.left, rect.left), right: Math.min(box.right, rect.right) };
      if (overflowY !== 'visible') box = { ...box, top: Math.max(box.top, rect.top), bottom: Math.min(box.bottom, rect.bottom) };
      if (element === document.body) break;
    }
    return box;
  };
  const boxes = [];
  const add = (rect, owner, words) => {
    const box = inside(owner);
    const [left, right] = [Math.max(rect.left, box.left), Math.min(rect.right, box.right)];
    const [top, bottom] = [Math.max(rect.top, box.top), Math.min(rect.bottom, box.bottom)];
    if (right - left > 1 && bottom - top > 1) boxes.push({ left, right, top, bottom, words, owner });
    if (box.left === -Infinity && (rect.left < 0 || rect.right > window.innerWidth)) wrong.push(`${words} leaves the page`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const owner = node.parentElement;
    const words = node.data.trim();
    if (!words || ['STYLE', 'SCRIPT'].includes(owner.tagName) || owner.closest('mjx-container') || !visible(owner)) continue;
    const style = getComputedStyle(owner);
    const ratio = contrast(parsed(style.color), ground(owner));
    if (ratio < 4.5) wrong.push(`${JSON.stringify(words.slice(0, 40))} has a contrast of ${ratio.toFixed(2)}`);
    const size = parseFloat(style.fontSize);
    if (size < 10.5) wrong.push(`${JSON.stringify(words.slice(0, 40))} is ${size} px`);
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      const middle = (rect.top + rect.bottom) / 2; // a font's box is higher than its letters
      add({ left: rect.left, right: rect.right, top: middle - 0.36 * size, bottom: middle + 0.36 * size }, owner, words.slice(0, 40));
    }
  }
  for (const label of document.querySelectorAll('.code[data-language]')) {
    const style = getComputedStyle(label, '::before');
    if (style.content !== JSON.stringify(label.dataset.language)) wrong.push(`a label says ${style.content}`);
    const ratio = contrast(parsed(style.color), ground(label));
    if (ratio < 4.5) wrong.push(`a label has a contrast of ${ratio.toFixed(2)}`);
  }
  for (const picture of document.querySelectorAll('img, mjx-container')) {
    if (picture.tagName === 'IMG' && !picture.naturalWidth) wrong.push(`no picture ${picture.getAttribute('src')}`);
    if (visible(picture)) add(picture.getBoundingClientRect(), picture.parentElement, picture.alt || picture.tagName);
  }
  boxes.forEach((one, at) => {
    for (const other of boxes.slice(at + 1)) {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 1 && down > 1 && !one.owner.contains(other.owner.closest('sub, sup'))) wrong.push(`${one.words} lies on ${other.words}`);
    }
  });
  if (document.querySelector('#qa merror, #qa mjx-merror')) wrong.push('a formula is broken');
  if (document.body.innerText.includes('\\(') ) wrong.push('a formula is not typeset');
  return [...new Set(wrong)];
}
