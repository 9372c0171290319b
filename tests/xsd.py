"""The schemas of formats in XML, which say what may stand in a file."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
# What ALTO 4.3 added to 4.2, the newest that a package brings.
ADDED = """
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <xsd:simpleType name="Direction"><xsd:restriction base="xsd:string">
    <xsd:enumeration value="ltr"/><xsd:enumeration value="rtl"/>
    <xsd:enumeration value="ttb"/><xsd:enumeration value="btt"/>
  </xsd:restriction></xsd:simpleType>
  <xsd:complexType name="Order"><xsd:choice maxOccurs="unbounded">
    <xsd:element name="OrderedGroup" type="Group"/><xsd:element name="UnorderedGroup" type="Group"/>
  </xsd:choice></xsd:complexType>
  <xsd:complexType name="Group">
    <xsd:choice maxOccurs="unbounded">
      <xsd:element name="OrderedGroup" type="Group"/>
      <xsd:element name="UnorderedGroup" type="Group"/>
      <xsd:element name="ElementRef"><xsd:complexType>
        <xsd:attribute name="ID" type="xsd:ID" use="required"/>
        <xsd:attribute name="REF" type="xsd:IDREFS" use="required"/>
        <xsd:attribute name="TAGREFS" type="xsd:IDREFS"/>
      </xsd:complexType></xsd:element>
    </xsd:choice>
    <xsd:attribute name="ID" type="xsd:ID" use="required"/>
    <xsd:attribute name="REF" type="xsd:IDREFS"/><xsd:attribute name="TAGREFS" type="xsd:IDREFS"/>
  </xsd:complexType>
</xsd:schema>
"""


def alto() -> etree.XMLSchema:
    """The schema of ALTO 4.3."""
    path = Path(str(distribution("digiflow").locate_file("digiflow/resources/xsd/alto-4-2.xsd")))
    tree = etree.parse(str(path))
    root = tree.getroot()
    root.extend(etree.fromstring(ADDED))
    layout = root.find(f"{XSD}complexType[@name='altoType']/{XSD}sequence/*[@name='Layout']")
    assert layout is not None
    order = {"name": "ReadingOrder", "type": "Order", "minOccurs": "0"}
    layout.addprevious(etree.Element(f"{XSD}element", order))
    for language in root.findall(f".//{XSD}attribute[@name='LANG']"):
        parent = language.getparent()
        assert parent is not None
        if parent.find(f"{XSD}attribute[@name='WC']") is None:  # blocks and lines, but not strings
            direction = {"name": "BASEDIRECTION", "type": "Direction"}
            language.addnext(etree.Element(f"{XSD}attribute", direction))
    return etree.XMLSchema(tree)


def page_xml() -> etree.XMLSchema:
    """The schema of PAGE XML 2019-07-15."""
    return etree.XMLSchema(etree.parse(str(Path(__file__).parent / "schemas/page-2019-07-15.xsd")))
