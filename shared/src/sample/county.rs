//! 安澜县, a county that does not exist: nineteen townships in four guidance districts, with codes that no county has.

use crate::catalogue::model::NodeKind;
use crate::ids::TownshipCode;

/// One township of the county.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Township {
    /// Nine digits; 999901 belongs to no county.
    pub code: u32,
    pub name: &'static str,
    /// Used in numbers such as 石桥人信〔2026〕12号.
    pub abbr: &'static str,
    pub kind: NodeKind,
    pub population: u32,
    pub deputies: u16,
    pub villages: [&'static str; 6],
}

impl Township {
    pub fn id(&self) -> TownshipCode {
        TownshipCode::from_number(self.code).expect("every code of the table has nine digits")
    }
}

/// A guidance district (片) with the members of the standing committee who look after it; the first leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct District {
    pub name: &'static str,
    pub townships: &'static [u32],
    pub liaison: [&'static str; 3],
}

pub const NAME: &str = "安澜县";
/// Legal profile that its offices work by.
pub const PROFILE: &str = "national";

const fn township(
    code: u32,
    name: &'static str,
    abbr: &'static str,
    kind: NodeKind,
    population: u32,
    deputies: u16,
    villages: [&'static str; 6],
) -> Township {
    Township { code, name, abbr, kind, population, deputies, villages }
}

use NodeKind::{EthnicTownship, Subdistrict, Town, Township as Rural};

/// Ascending by code. Seats follow the law: 45 and one more for every 1,500 people.
#[rustfmt::skip]
pub const TOWNSHIPS: [Township; 19] = [
    township(999_901_001, "澜城街道", "澜城", Subdistrict, 86_400, 0, ["县前社区", "澜城社区", "文昌社区", "东门社区", "南园社区", "新桥社区"]),
    township(999_901_002, "东湖街道", "东湖", Subdistrict, 63_800, 0, ["东湖社区", "湖滨社区", "学院社区", "绿洲社区", "沈家社区", "塘下村"]),
    township(999_901_003, "望江街道", "望江", Subdistrict, 41_200, 0, ["望江社区", "江滨社区", "码头社区", "丁家埠村", "新联村", "沿江村"]),
    township(999_901_101, "石桥镇", "石桥", Town, 58_300, 83, ["石桥村", "杨柳村", "新塘村", "后岸村", "金星村", "南街社区"]),
    township(999_901_102, "白塔镇", "白塔", Town, 47_600, 76, ["白塔村", "前洋村", "大溪村", "龙头村", "茅坪村", "塔前社区"]),
    township(999_901_103, "柳林镇", "柳林", Town, 39_200, 71, ["柳林村", "上宅村", "下宅村", "桃园村", "红旗村", "中心社区"]),
    township(999_901_104, "清水镇", "清水", Town, 35_700, 68, ["清水村", "源头村", "梅溪村", "井头村", "石门村", "花园村"]),
    township(999_901_105, "金沙镇", "金沙", Town, 52_900, 80, ["金沙村", "沙湾村", "渔业村", "东江村", "联丰村", "港口社区"]),
    township(999_901_106, "黄岗镇", "黄岗", Town, 33_400, 67, ["黄岗村", "岗上村", "岗下村", "马鞍村", "新屋村", "樟树村"]),
    township(999_901_107, "双河镇", "双河", Town, 44_100, 74, ["双河村", "河东村", "河西村", "三岔村", "老街社区", "水口村"]),
    township(999_901_108, "龙泉铺镇", "龙泉铺", Town, 29_800, 64, ["铺前村", "铺后村", "泉井村", "官田村", "大屋村", "十里村"]),
    township(999_901_109, "梅山镇", "梅山", Town, 31_500, 66, ["梅山村", "梅岭村", "坑口村", "外畲村", "高桥村", "李家村"]),
    township(999_901_110, "渡口镇", "渡口", Town, 37_900, 70, ["渡口村", "上渡村", "下渡村", "洲头村", "圩上社区", "芦苇村"]),
    township(999_901_201, "云峰乡", "云峰", Rural, 14_600, 54, ["云峰村", "天池村", "半山村", "岩下村", "茶亭村", "瀑布村"]),
    township(999_901_202, "茶园乡", "茶园", Rural, 17_300, 56, ["茶园村", "新茶村", "叶家村", "山背村", "横路村", "枫树村"]),
    township(999_901_203, "大坪乡", "大坪", Rural, 12_800, 53, ["大坪村", "小坪村", "坪头村", "杉木村", "上坑村", "下坑村"]),
    township(999_901_204, "竹溪乡", "竹溪", Rural, 15_900, 55, ["竹溪村", "竹园村", "溪边村", "毛坞村", "石壁村", "双坑村"]),
    township(999_901_205, "松岭乡", "松岭", Rural, 9_700, 51, ["松岭村", "岭脚村", "岭头村", "吴坑村", "木岱村", "麻田村"]),
    township(999_901_206, "青林畲族乡", "青林", EthnicTownship, 11_200, 52, ["青林村", "蓝田村", "雷家村", "钟山村", "畲乡村", "鹤溪村"]),
];

/// The districts at the beginning of the year.
pub const DISTRICTS: [District; 4] = [
    District {
        name: "第一片",
        townships: &[999_901_001, 999_901_002, 999_901_003, 999_901_101, 999_901_102],
        liaison: ["周文斌", "许晓燕", "郑国强"],
    },
    District {
        name: "第二片",
        townships: &[999_901_103, 999_901_104, 999_901_105, 999_901_106, 999_901_107],
        liaison: ["何建平", "沈丽华", "潘志远"],
    },
    District {
        name: "第三片",
        townships: &[999_901_108, 999_901_109, 999_901_110, 999_901_201, 999_901_202],
        liaison: ["陆海明", "方秀英", "叶长青"],
    },
    District {
        name: "第四片",
        townships: &[999_901_203, 999_901_204, 999_901_205, 999_901_206],
        liaison: ["余正华", "蓝桂香", "程立新"],
    },
];

/// 双河镇 moves from the second to the fourth district in the course of the year.
pub const REDRAWN: (u32, usize, usize) = (999_901_107, 1, 3);

/// The township with this code.
pub fn find(code: TownshipCode) -> Option<&'static Township> {
    TOWNSHIPS.iter().find(|township| township.code == code.number())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_township_is_in_exactly_one_district() {
        let mut members: Vec<u32> =
            DISTRICTS.iter().flat_map(|district| district.townships).copied().collect();
        members.sort_unstable();
        let codes: Vec<u32> = TOWNSHIPS.iter().map(|township| township.code).collect();
        assert_eq!(members, codes);
        assert!(TOWNSHIPS.iter().all(|township| township.id().county() == 999_901));
        let (moved, from, to) = REDRAWN;
        assert!(DISTRICTS[from].townships.contains(&moved) && !DISTRICTS[to].townships.contains(&moved));
    }

    #[test]
    fn seats_follow_the_law() {
        for township in TOWNSHIPS.iter().filter(|township| township.kind != Subdistrict) {
            assert_eq!(u32::from(township.deputies), 45 + township.population / 1500, "{}", township.name);
        }
    }
}
